/** A test, for helpers that start something and end it with the test; tap's `t` is one. */
export interface Teardown { teardown (fn: () => unknown): unknown }
