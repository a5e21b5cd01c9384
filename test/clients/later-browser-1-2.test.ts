// Clients 1.7.4 and 2.5.0 in Chromium.
import { testInChromium } from './later-browser.js'

testInChromium([1, 2])
