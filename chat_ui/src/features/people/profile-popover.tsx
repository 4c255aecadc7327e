/** The card of whoever was pressed; its code comes when it is first opened. */
import { lazy, Suspense } from "react";
import { FailureBoundary } from "@/components/failure-boundary";
import { useProfileRequest } from "@/lib/profile-request";

const ProfileCard = lazy(() => import("./profile-card"));

export function ProfilePopover() {
  const request = useProfileRequest((asked) => asked.request);
  if (!request) return null;
  return (
    <FailureBoundary key={request.user_id} instead={null}>
      <Suspense fallback={null}>
        <ProfileCard request={request} />
      </Suspense>
    </FailureBoundary>
  );
}
