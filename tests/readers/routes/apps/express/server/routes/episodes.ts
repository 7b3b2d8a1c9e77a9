import { Router } from "express";
import multer from "multer";
import { z } from "zod";
import * as episodes from "../controllers/episodes.js";
import { validate } from "../middleware/validate.js";
import { wrap } from "../middleware/wrap.js";

const router = Router({ mergeParams: true });
const upload = multer({ dest: "audio/", limits: { fileSize: 80_000_000 } });
const Episode = z.object({ title: z.string().min(1).max(140), notes: z.string().max(8000) });

router
  .route("/")
  .get(wrap(episodes.list))
  .post(validate(Episode), wrap(episodes.create));

router.put("/:episodeId", wrap(episodes.update));
router.delete("/:episodeId", wrap(episodes.remove));
router.post("/:episodeId/audio", upload.single("audio"), wrap(episodes.attachAudio));

export default router;
