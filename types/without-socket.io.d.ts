/**
 * Types for applications without the optional package socket.io. TypeScript reads a module declaration with an asterisk only if it finds no such
 * module, so the types of the package are used where it is installed. The asterisk stands for nothing.
 */
declare module 'socket*.io' {
  /** The package socket.io is not installed. `npm install socket.io`, and set the option `io`. */
  interface SocketioIsNotInstalled {
    readonly 'npm install socket.io': never
  }
  type NpmInstallSocketio = 'npm install socket.io'
  export type { SocketioIsNotInstalled as Server, NpmInstallSocketio as ServerOptions }
}
