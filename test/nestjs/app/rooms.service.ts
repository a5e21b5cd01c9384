import { Injectable } from '@nestjs/common'

@Injectable()
export class RoomsService {
  readonly events: string[] = []

  note (event: string): void {
    this.events.push(event)
  }
}
