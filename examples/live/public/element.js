// Helpers that the files of the page share.

export const find = (id) => document.getElementById(id)
export const copyOf = (template) => find(template).content.firstElementChild.cloneNode(true)
export const inMs = (time) => time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`

export function element (name, className, text) {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
