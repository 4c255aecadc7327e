/** Keeps the rest of the page when a part of it fails, as when a file of an older version is gone from the server. */
import { Component, type ReactNode } from "react";
import { PartMissing } from "@/lib/lazily";

interface Props {
  /** What stands in the place of what failed; it may offer to try again. */
  instead: ReactNode | ((again: () => void) => ReactNode);
  onFailure?: () => void;
  children: ReactNode;
}

export class FailureBoundary extends Component<Props, { failed: boolean; error: unknown }> {
  override state = { failed: false, error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { failed: true, error };
  }

  override componentDidCatch(error: unknown): void {
    console.error("A part of the page failed.", error);
    // Where nothing offers to try again, it is asked for when it is wanted the next time.
    if (typeof this.props.instead !== "function" && error instanceof PartMissing) error.forget();
    this.props.onFailure?.();
  }

  override render(): ReactNode {
    const { instead, children } = this.props;
    if (!this.state.failed) return children;
    return typeof instead === "function" ? instead(this.again) : instead;
  }

  private again = () => {
    const { error } = this.state;
    if (error instanceof PartMissing) error.forget();
    this.setState({ failed: false, error: null });
  };
}
