// Helpers for elements. What a client or an operator wrote becomes text, never HTML.

export const find = (id) => document.getElementById(id)

/** Sets a text only if it is another one: selections and screen readers stay where they are. */
export function setText (element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** @param {string | (Node | string)[]} content a text, or children */
export function element (name, className, content = []) {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...[content].flat())
  return made
}

/**
 * Shows items in an element, one child each, and keeps the children of items that were there.
 * @param {(item: object) => string} keyOf
 * @param {(item: object) => Element} make
 * @param {(child: Element, item: object) => void} update
 */
export function showEach (parent, items, { keyOf, make, update = () => {} }) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]))
  const children = items.map((item) => {
    const key = keyOf(item)
    const child = before.get(key) ?? make(item)
    child.dataset.key = key
    update(child, item)
    return child
  })
  const isSame = children.length === parent.children.length && children.every((child, at) => child === parent.children[at])
  if (isSame) return
  const focused = document.activeElement
  const keepsFocus = parent.contains(focused)
  parent.replaceChildren(...children)
  if (keepsFocus && parent.contains(focused)) focused.focus({ preventScroll: true })
}
