export class Baton {
  take (begin: () => void): void
  giveBack (): void
}
