// Asks before something happens that cannot be undone.
import { find } from './element.js'

/** Returns undefined if the answer is no, else the seconds. */
export function confirm ({ title, text, yes, asksSeconds = false }) {
  const dialog = find('confirm')
  find('confirm-title').textContent = title
  find('confirm-text').textContent = text
  find('confirm-yes').textContent = yes
  find('confirm-field').hidden = !asksSeconds
  dialog.returnValue = 'no'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes' ? Number(find('confirm-field').querySelector('input').value) : undefined), { once: true })
  })
}
