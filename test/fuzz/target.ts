// The contract of what is fuzzed: inputs go in, and a rule holds or does not.
import assert from 'node:assert/strict'
import type { Arbitrary } from 'fast-check'
import { ProtocolError } from '../../src/codec/packet.js'

/** Something that takes any input. */
export interface Target {
  readonly name: string
  /** What holds for every input, in a sentence. */
  readonly rule: string
  /** What the first new inputs are made of. */
  readonly seeds: readonly string[]
  /** Inputs made from a grammar. */
  readonly grammar?: Arbitrary<string>
  /** How many of a share of inputs it gets, where one takes longer than most: 1 is all. */
  readonly share?: number
  /** @throws when the rule does not hold */
  run (input: string): void | Promise<void>
  /** Lets go of what it holds. */
  close? (): Promise<void>
}

/** Stands between the parts of an input that is several things. */
export const PART = '\uf8ff'

/** What is read; undefined when the only error comes that may. */
export function tolerant<T> (read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    assert.ok(error instanceof ProtocolError, `${error instanceof Error ? error.stack : String(error)} is no ProtocolError`)
    return undefined
  }
}

/** The string's units as bytes. */
export const toBytes = (input: string): Buffer => Buffer.from(input, 'latin1')

/** Text that has a form in UTF-8, as all has that comes over a wire. */
export const wellFormed = (input: string): string => Buffer.from(input).toString()

/** Deep enough that what reads it may say so. */
export const isDeep = (input: string): boolean => (input.match(/[[{]/g) ?? []).length > 500

/** Length of all frames together: characters, or bytes. */
export const lengthOf = (frames: readonly { length: number }[]): number => frames.reduce((sum, { length }) => sum + length, 0)
