// Session ids in logs. A session can be used by everyone who knows its id, so a log shows only its beginning, unless an option says otherwise. Pure.

/** Makes the form of an id in logs. */
export type ShowId = (sid: string) => string

/** How many characters of an id are shown. With several nodes, ids begin with the tag of the node, which is shown in addition. */
const SHOWN = 8
const SHOWN_BEHIND_TAG = 4
/** Longest id in logs, characters: a client may send an id of any length. */
const LONGEST = 100

/** Cuts an id to its first characters, at most half of it. */
const shorten = (sid: string, length: number): string => sid === '' ? '' : `${sid.slice(0, Math.min(length, Math.floor(sid.length / 2)))}…`

/** Shows an id short. */
export const shortId: ShowId = (sid) => shorten(sid, SHOWN)

const wholeId: ShowId = (sid) => sid.length > LONGEST ? `${sid.slice(0, LONGEST)}…` : sid

/** @param tag the tag of this node; undefined with one node */
export function idShower (form: 'short' | 'whole', tag: string | undefined): ShowId {
  if (form === 'whole') return wholeId
  return tag === undefined ? shortId : (sid) => shorten(sid, tag.length + SHOWN_BEHIND_TAG)
}

/** Ids in the query of a URL. */
const IN_QUERY = /([?&]sid=)([^&#\s"'<>]+)/g
/** Shorter texts can be guessed, and may be parts of other words. */
const SHORTEST = 8
/** How deep an object is searched: a serializer of requests may log headers. */
const DEPTH = 3

/** Returns a text in which ids are shown: those in queries, and one that is known. */
function showInText (text: string, sid: string, show: ShowId): string {
  const shown = text.replaceAll(IN_QUERY, (_, name: string, id: string) => name + show(id))
  if (sid.length < SHORTEST) return shown
  return shown.replaceAll(sid, show(sid)).replaceAll(encodeURIComponent(sid), show(sid))
}

/** Copies a value for a log. Ids in its texts are shown as `show` does it. @param sid an id that may be anywhere in it; empty if none is known */
export function showIds (value: unknown, sid: string, show: ShowId, depth = DEPTH): unknown {
  if (typeof value === 'string') return showInText(value, sid, show)
  if (depth === 0 || typeof value !== 'object' || value === null || value instanceof Error || 'toJSON' in value) return value
  if (Array.isArray(value)) return value.map((one) => showIds(one, sid, show, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, showIds(one, sid, show, depth - 1)]))
}
