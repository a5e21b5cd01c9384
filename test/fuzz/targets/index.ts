// The table of what is fuzzed by inputs: a new target is a row of one of these lists.
import type { Target } from '../target.js'
import { engineIoTargets } from './engine-io.js'
import { faceTargets } from './faces.js'
import { formTargets } from './forms.js'
import { linkTargets } from './link.js'
import { revision1Targets } from './revision-1.js'
import { sessionTargets } from './sessions.js'

export const TARGETS: readonly Target[] = [...revision1Targets, ...engineIoTargets, ...formTargets, ...faceTargets, ...linkTargets, ...sessionTargets]
