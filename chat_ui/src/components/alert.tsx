/** Says what went wrong, and is read out at once. */
import { Icon } from "./icon";

export function Alert({ children }: { children: string | null }) {
  return (
    <div role="alert">
      {children && (
        <p className="alert">
          <Icon name="warning" /> {children}
        </p>
      )}
    </div>
  );
}
