/** A key as it is written on a keyboard; what it stands beside tells a screen reader of it by itself. */
export function Keycap({ name, className }: { name: string; className?: string | undefined }) {
  return (
    <span className={className} aria-hidden="true">
      <kbd>{name}</kbd>
    </span>
  );
}
