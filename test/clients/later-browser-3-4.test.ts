// Clients 3.1.3 and 4.8 in Chromium.
import { testInChromium } from './later-browser.js'

testInChromium([3, 4])
