/** What training of MoCoGAN looked like. */

import type { Curves } from "../../artifacts/curves.ts";
import type { HistoryEntry } from "../../training/history.ts";
import { curvesOf, seriesOf, STEP_LABEL } from "./history_charts.ts";

type Histories = Readonly<
  Record<"image" | "video" | "generator", { readonly history: readonly HistoryEntry[] }>
>;

/** Charts of losses, of what the discriminators believe, of the categories, of gradients. */
export function mocoganCurves({ image, video, generator }: Histories): Curves {
  const chart = { xLabel: STEP_LABEL };
  return curvesOf([
    {
      ...chart,
      title: "Losses of the players",
      yLabel: "nats",
      series: [
        seriesOf(image.history, "loss", "image discriminator"),
        seriesOf(video.history, "loss", "video discriminator"),
        seriesOf(generator.history, "loss", "generator"),
      ],
    },
    {
      ...chart,
      title: "What the discriminators believe",
      yLabel: "probability of being real",
      series: [
        seriesOf(image.history, "real", "real frames"),
        seriesOf(image.history, "fake", "generated frames"),
        seriesOf(video.history, "real", "real clips"),
        seriesOf(video.history, "fake", "generated clips"),
      ],
    },
    {
      ...chart,
      title: "Categories",
      yLabel: "cross-entropy (nats)",
      series: [
        seriesOf(video.history, "category", "video discriminator"),
        seriesOf(generator.history, "category", "generator"),
      ],
    },
    {
      ...chart,
      title: "Accuracy of the video discriminator's categories",
      yLabel: "share",
      series: [seriesOf(video.history, "accuracy", "accuracy")],
    },
    {
      ...chart,
      title: "Gradient norm before clipping",
      yLabel: "L2 norm",
      logY: true,
      series: [
        seriesOf(image.history, "gradientNorm", "image discriminator"),
        seriesOf(video.history, "gradientNorm", "video discriminator"),
        seriesOf(generator.history, "gradientNorm", "generator"),
      ],
    },
  ]);
}
