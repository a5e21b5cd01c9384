// Clients of scenarios in this process: of any generation since 1.0, by name.
import { loadOfficial } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { createScenario } from './later-scenario.js'
import type { ScenarioOptions } from './later-scenario.js'
import type { Client } from './every-suite.js'

/** A client whose steps are called here. */
export const ofScenario = (scenario: Record<string, (...args: unknown[]) => unknown>): Client => ({
  run: async (step, ...args) => await scenario[step]?.(...args),
  close: async () => { scenario['close']?.() }
})

export async function startInNode (generation: Generation, options: ScenarioOptions): Promise<Client> {
  return ofScenario(createScenario(loadOfficial(generation), options))
}
