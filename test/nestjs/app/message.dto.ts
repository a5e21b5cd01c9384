import { IsString, MaxLength } from 'class-validator'

export class MessageDto {
  @IsString()
  @MaxLength(20)
  text!: string
}
