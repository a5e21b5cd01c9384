// The events of the chat, in both directions. The server and the page have their types from here.

export interface Message {
  user: string
  text: string
  /** When the server got it, as an ISO date. */
  at: string
}

/** What the server answers to a message: that it has it, or why it does not take it. */
export type Answer = { ok: true, at: string } | { ok: false, why: string }

export interface ClientToServer {
  say: (text: string, ack: (answer: Answer) => void) => void
  typing: () => void
}

export interface ServerToClient {
  /** The last messages, for a client that has just come. */
  history: (messages: Message[]) => void
  said: (message: Message) => void
  typing: (user: string) => void
  /** The names of all users that are here. */
  users: (names: string[]) => void
}
