// The list of sessions: searched, filtered, page by page.
import { element, find, setText, showEach } from './element.js'
import { dialectName, inBytes, inNumbers, inTime } from './format.js'
import { get, repeat } from './server.js'

const REFRESH_MS = 2000
const TYPING_MS = 250

/** An id is a key to its session, so it does not become part of a URL: its begin is enough to find it. */
const beginOf = (search) => /^[\w-]{16,}$/.test(search.trim()) ? search.trim().slice(0, 12) : search

export const silence = ({ silence, silenceAtLeast }) => `${silenceAtLeast ? 'over ' : ''}${inTime(silence)}${silenceAtLeast ? '' : ' ago'}`

const COLUMNS = [
  ['Session', (row) => row.session],
  ['User', ({ user }) => user || '–'],
  ['Address', ({ address }) => address],
  ['Dialect', ({ dialect }) => dialectName(dialect)],
  ['Transport', ({ transport, state, holds }) => state !== 'open' ? `${transport}, ${state}` : holds ? transport : `${transport}, between polls`],
  ['Age', ({ openedAt }, now) => inTime(Math.max(0, now - openedAt)), 'number'],
  ['Heard', silence, 'number'],
  ['Queue', ({ queued }) => inBytes(queued), 'number'],
  ['In', ({ traffic }) => inBytes(traffic.bytesIn), 'number'],
  ['Out', ({ traffic }) => inBytes(traffic.bytesOut), 'number']
]

export class List {
  #open
  #form = find('query')
  #page = 0
  #refresh
  #isPaused

  constructor (open, isPaused) {
    this.#open = open
    this.#isPaused = isPaused
    let typing
    this.#form.addEventListener('input', ({ target }) => {
      clearTimeout(typing)
      typing = setTimeout(() => this.#turnTo(0), target.name === 'search' ? TYPING_MS : 0)
    })
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#turnTo(0)
    })
    find('previous').addEventListener('click', () => this.#turnTo(this.#page - 1))
    find('next').addEventListener('click', () => this.#turnTo(this.#page + 1))
    this.#refresh = repeat(() => this.#isPaused() ? undefined : this.#load(), REFRESH_MS)
  }

  /** Shows the sessions of one field of the picture. */
  choose (dialect, transport) {
    this.#form.elements.dialect.value = dialect
    this.#form.elements.transport.value = transport
    this.#turnTo(0)
    find('list-title').scrollIntoView({ block: 'nearest' })
  }

  #turnTo (page) {
    this.#page = page
    this.#load()
  }

  async #load () {
    const { search, dialect, transport, sort } = this.#form.elements
    const query = new URLSearchParams({ search: beginOf(search.value), dialect: dialect.value, transport: transport.value, sort: sort.value, page: this.#page })
    const asked = String(query)
    this.asked = asked
    try {
      const answer = await get(`sessions?${asked}`)
      if (this.asked === asked) this.#show(answer)
    } catch {} // the status of the page says it
  }

  #show ({ total, found, page, pages, rows }) {
    this.#page = page
    const now = Date.now()
    setText(find('found'), found === total ? `${inNumbers(total)} sessions` : `${inNumbers(found)} of ${inNumbers(total)} sessions`)
    setText(find('place'), `Page ${inNumbers(page + 1)} of ${inNumbers(pages)}`)
    find('previous').disabled = page === 0
    find('next').disabled = page >= pages - 1
    showEach(find('rows'), rows, {
      keyOf: ({ handle }) => handle,
      make: (row) => this.#make(row),
      update (child, row) {
        COLUMNS.forEach(([, textOf], at) => setText(at === 0 ? child.cells[0].firstChild : child.cells[at], textOf(row, now)))
        child.classList.toggle('queued', row.queued > 0)
      }
    })
  }

  #make ({ handle }) {
    const cells = COLUMNS.map(([label, , className = '']) => {
      const cell = element('td', className)
      cell.dataset.label = label
      return cell
    })
    const button = element('button', 'session')
    button.type = 'button'
    button.addEventListener('click', () => this.#open(handle))
    cells[0].append(button)
    return element('tr', '', cells)
  }
}
