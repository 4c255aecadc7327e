/** A short soft tone, made here, in one tab and not more than once in three seconds. */

const PAUSE_MILLISECONDS = 3_000;
const NOTES_HERTZ = [587, 880];
const NOTE_SECONDS = 0.12;
const FADE_SECONDS = 0.3;
// Quiet enough to be missed in a loud room, and not to startle in a quiet one.
const LOUDNESS = 0.08;

let context: AudioContext | null = null;

/** Tell whether the browser lets this tab be heard: only one that was used. */
export function canSound(): boolean {
  return "AudioContext" in window && (navigator.userActivation?.hasBeenActive ?? true);
}

/** Sound, unless some tab did so just now. */
export async function soundTone(): Promise<void> {
  await navigator.locks.request("chatflow.tone", { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    play();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  });
}

function play(): void {
  try {
    context ??= new AudioContext();
    // Nothing waits for it: on a machine whose sound does not come, the next notice would find this one still at it.
    if (context.state === "suspended") context.resume().catch(sayFailed);
    const start = context.currentTime;
    for (const [index, hertz] of NOTES_HERTZ.entries()) playNote(context, hertz, start + index * NOTE_SECONDS);
  } catch (error) {
    sayFailed(error);
  }
}

function sayFailed(error: unknown): void {
  console.warn("The tone could not be played.", error);
}

function playNote(context: AudioContext, hertz: number, at: number): void {
  const note = context.createOscillator();
  const volume = context.createGain();
  note.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + FADE_SECONDS);
  note.connect(volume).connect(context.destination);
  note.start(at);
  note.stop(at + FADE_SECONDS);
}
