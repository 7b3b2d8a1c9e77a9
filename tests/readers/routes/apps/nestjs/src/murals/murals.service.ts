import { ForbiddenException, Injectable, NotFoundException } from "@nestjs/common";
import { InjectRepository } from "@nestjs/typeorm";
import { Repository } from "typeorm";
import { CreateMuralDto } from "./mural.dto";
import { Mural } from "./mural.entity";

@Injectable()
export class MuralsService {
  constructor(@InjectRepository(Mural) private murals: Repository<Mural>) {}

  list(street?: string) {
    return this.murals.find({ where: { approved: true, ...(street ? { street } : {}) }, take: 60 });
  }

  create(painterId: string, dto: CreateMuralDto) {
    return this.murals.save({ ...dto, painterId });
  }

  async rename(id: string, painterId: string, title: string) {
    const mural = await this.murals.findOneBy({ id });
    if (!mural) throw new NotFoundException();
    if (mural.painterId !== painterId) throw new ForbiddenException("Not your mural");
    await this.murals.update(id, { title });
  }

  remove(id: string) {
    return this.murals.delete(id);
  }

  approve(id: string) {
    return this.murals.update(id, { approved: true });
  }
}
