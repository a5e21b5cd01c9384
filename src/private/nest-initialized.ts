// Private part of Nest: whether an application is initialized.
// What: `app.isInitialized`, protected in its types. Seen in @nestjs/core 11 and 12.
// When it is gone: an adapter that is made too late is no error; Nest warns of it, and uses its own adapter.

/** Whether `app.init()` or `app.listen()` has given the gateways their adapter. */
export function isInitialized (app: object): boolean {
  return 'isInitialized' in app && app.isInitialized === true
}
