import { IsOptional, IsString, Length } from "class-validator";

export class CreateMuralDto {
  @IsString()
  @Length(1, 120)
  title: string;

  @IsString()
  @IsOptional()
  street?: string;
}
