from tests.readers.queries.reading import queries_in, told

SERVICE = """
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { GameEntity } from './game.entity';
@Injectable()
export class Games {
  constructor(@InjectRepository(GameEntity) private readonly games: Repository<GameEntity>) {}
  one(id, club) { return this.games.findOne({ where: { id, club: { id: club } }, relations: ['players'] }); }
  many(ids) { return this.games.find({ where: [{ a: 1 }, { b: In(ids) }], order: { at: 'DESC' }, take: 10, skip: 3 }); }
  keep(game) { return this.games.save(game); }
  gone(id) { return this.games.delete(id); }
}
"""


def test_a_service_with_a_repository() -> None:
    one, many, kept, gone = queries_in(SERVICE, "src/games.ts")
    assert told(one) == "select Game id.eq club.id.eq"
    assert one.single
    assert one.embeds == ("players",)
    assert told(many) == "select Game a,b.or"
    assert (many.order, many.limit, many.paged) == (("at",), 10, True)
    assert told(kept) == "upsert Game"
    assert told(gone) == "delete Game id.eq"


def test_a_repository_of_the_apps_own_is_followed_not_guessed() -> None:
    own = """
import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient();
class GameRepository { findById(id) { return prisma.game.findUnique({ where: { id } }); } }
export class Games {
  constructor(private readonly games: GameRepository) {}
  one(id) { return this.games.findById(id); }
}
"""
    assert {(q.library, told(q)) for q in queries_in(own)} == {("prisma", "select game id.eq")}


def test_what_a_constructor_makes_by_itself_is_followed_too() -> None:
    own = """
import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient();
class GameRepository { findById(id) { return prisma.game.findUnique({ where: { id } }); } }
export class Games {
  constructor(private readonly games = new GameRepository()) {}
  one(id) { return this.games.findById(id); }
}
"""
    assert {(q.library, told(q)) for q in queries_in(own)} == {("prisma", "select game id.eq")}
