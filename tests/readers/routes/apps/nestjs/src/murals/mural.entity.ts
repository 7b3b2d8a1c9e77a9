import { Column, Entity, PrimaryGeneratedColumn } from "typeorm";

@Entity("murals")
export class Mural {
  @PrimaryGeneratedColumn("uuid")
  id: string;

  @Column({ name: "painter_id" })
  painterId: string;

  @Column()
  title: string;

  @Column({ default: false })
  approved: boolean;
}
