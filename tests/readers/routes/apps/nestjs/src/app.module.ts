import { Module } from "@nestjs/common";
import { JwtModule } from "@nestjs/jwt";
import { TypeOrmModule } from "@nestjs/typeorm";
import { HealthController } from "./health/health.controller";
import { Mural } from "./murals/mural.entity";
import { MuralsController } from "./murals/murals.controller";
import { MuralsService } from "./murals/murals.service";
import { SponsorsController } from "./sponsors/sponsors.controller";

@Module({
  imports: [
    JwtModule.register({ global: true, secret: process.env.JWT_SECRET, signOptions: { expiresIn: "2h" } }),
    TypeOrmModule.forRoot({ type: "postgres", url: process.env.DATABASE_URL, entities: [Mural] }),
    TypeOrmModule.forFeature([Mural]),
  ],
  controllers: [HealthController, MuralsController, SponsorsController],
  providers: [MuralsService],
})
export class AppModule {}
