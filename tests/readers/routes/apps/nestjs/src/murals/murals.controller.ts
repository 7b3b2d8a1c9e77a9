import { Body, Controller, Delete, Get, Param, ParseUUIDPipe, Patch, Post, Query, UseGuards } from "@nestjs/common";
import { Throttle, ThrottlerGuard } from "@nestjs/throttler";
import { JwtAuthGuard } from "../auth/jwt-auth.guard";
import { Public } from "../auth/open.decorator";
import { Roles } from "../auth/roles.decorator";
import { RolesGuard } from "../auth/roles.guard";
import { CurrentUser } from "../auth/user.decorator";
import { CreateMuralDto } from "./mural.dto";
import { MuralsService } from "./murals.service";

@Controller("murals")
@UseGuards(JwtAuthGuard, RolesGuard)
export class MuralsController {
  constructor(private readonly murals: MuralsService) {}

  @Public()
  @Get()
  list(@Query("street") street?: string) {
    return this.murals.list(street);
  }

  @Post()
  @UseGuards(ThrottlerGuard)
  @Throttle({ default: { limit: 5, ttl: 60_000 } })
  create(@CurrentUser() user: { id: string }, @Body() dto: CreateMuralDto) {
    return this.murals.create(user.id, dto);
  }

  @Patch(":id")
  rename(@Param("id", ParseUUIDPipe) id: string, @CurrentUser() user: { id: string }, @Body("title") title: string) {
    return this.murals.rename(id, user.id, title);
  }

  @Delete(":id")
  remove(@Param("id") id: string) {
    return this.murals.remove(id);
  }

  @Post(":id/approve")
  @Roles("curator")
  approve(@Param("id") id: string) {
    return this.murals.approve(id);
  }
}
