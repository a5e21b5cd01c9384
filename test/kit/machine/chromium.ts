// Finds and starts the Chromium of this machine: CHROMIUM_PATH, else the usual names on PATH. Where there is none the tests
// of browsers are skipped, visibly; with CI=true they fail instead.
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { findExecutable } from './executable.js'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ARGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'
]

const executablePath = process.env['CHROMIUM_PATH'] || findExecutable(...NAMES)
const MISSING = 'no Chromium found: set CHROMIUM_PATH'

/** For the `skip` option of a test: why browsers can't be tested here, or false. */
export const skip: string | false = executablePath === undefined && process.env['CI'] !== 'true' ? MISSING : false

/** @throws when there is no Chromium, which only happens with CI=true. */
export async function launchChromium (...args: string[]): Promise<Browser> {
  if (executablePath === undefined) throw new Error(MISSING)
  return await chromium.launch({ executablePath, args: [...ARGS, ...args] })
}
