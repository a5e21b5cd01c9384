// A client of any generation since 1.0 in this process.
import { createRequire } from 'node:module'
import { PACKAGES } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { createScenario } from './later-scenario.js'
import type { ScenarioOptions } from './later-scenario.js'
import type { Client } from './old-suite.js'

const require = createRequire(import.meta.url)

export async function startInNode (generation: Generation, options: ScenarioOptions): Promise<Client> {
  const scenario = createScenario(require(PACKAGES[generation]), options)
  return {
    run: async (step, ...args) => await scenario[step]?.(...args),
    close: async () => { scenario['close']?.() }
  }
}
