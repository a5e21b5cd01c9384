// Waits for a condition in processes that run on the built package.

/** @param {() => boolean} condition */
export async function until (condition, ms = 10_000) {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not so within ${ms} ms: ${condition}`)
    await new Promise((resolve) => { setTimeout(resolve, 10) })
  }
}
