import type { Page } from "playwright-core";

/** How fluid a page was while something was done in it. */
export interface Fluency {
  /** Intervals between animation frames, in milliseconds, sorted. */
  readonly frames: readonly number[];
  /** Processor time of the page's main thread a frame, in milliseconds: what others do on the machine is not in it. */
  readonly workPerFrame: number;
  /** Of all frames together. */
  readonly work: number;
}

/** Counts the page's frames, and what they cost, while `act` runs. */
export async function measureFrames(page: Page, act: () => Promise<void>): Promise<Fluency> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const work = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1_000;
  };
  const stop = await page.evaluateHandle(() => {
    const times: number[] = [];
    let isOn = true;
    const note = (at: number) => {
      times.push(at);
      if (isOn) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    return () => {
      isOn = false;
      return times;
    };
  });
  const before = await work();
  await act();
  const spent = (await work()) - before;
  const times = await stop.evaluate((end) => end());
  await session.detach();
  const frames = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return { frames: frames.sort((a, b) => a - b), work: spent, workPerFrame: spent / Math.max(1, frames.length) };
}

/** One line: frames a second, half and 95 of 100 intervals, the work. */
export function tellFluency({ frames, workPerFrame }: Fluency): string {
  const at = (share: number) => (frames[Math.floor(frames.length * share)] ?? 0).toFixed(1);
  const seconds = frames.reduce((sum, one) => sum + one, 0) / 1_000;
  const rate = (frames.length / seconds).toFixed(0);
  return `${rate} frames/s (median ${at(0.5)} ms, 95 % ${at(0.95)} ms), ${workPerFrame.toFixed(1)} ms of work a frame`;
}
