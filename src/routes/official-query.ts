// The query of a URL in the form that the official Server reads.

/**
 * Returns the decoded parameters of a URL. If a parameter occurs more than once, the last value counts, as in engine.io. The host's `querystringParser` has no
 * influence.
 */
export function toQuery (url = ''): Record<string, string> {
  const [withoutFragment = ''] = url.split('#', 1)
  const start = withoutFragment.indexOf('?')
  return start < 0 ? {} : Object.fromEntries(new URLSearchParams(withoutFragment.slice(start)))
}
