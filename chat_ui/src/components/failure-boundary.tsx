/** Keeps the rest of the page when a part of it fails, as when a file of an older version is gone from the server. */
import { Component, type ReactNode } from "react";

interface Props {
  /** What stands in the place of what failed. */
  instead: ReactNode;
  onFailure?: () => void;
  children: ReactNode;
}

export class FailureBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    console.error("A part of the page failed.", error);
    this.props.onFailure?.();
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
