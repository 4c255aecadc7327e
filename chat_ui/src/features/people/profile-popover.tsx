/** The card of whoever was pressed; its code comes when it is first opened. */
import { Suspense } from "react";
import { Dialog } from "@/components/dialog";
import { FailureBoundary } from "@/components/failure-boundary";
import { PartFailed } from "@/components/part-failed";
import { lazily } from "@/lib/lazily";
import { useUserName } from "@/lib/names";
import { closeProfile, useProfileRequest } from "@/lib/profile-request";

const ProfileCard = lazily(() => import("./profile-card"));

export function ProfilePopover() {
  const request = useProfileRequest((asked) => asked.request);
  if (!request) return null;
  return (
    <FailureBoundary key={request.user_id} instead={(again) => <Failed user_id={request.user_id} again={again} />}>
      <Suspense fallback={null}>
        <ProfileCard request={request} />
      </Suspense>
    </FailureBoundary>
  );
}

function Failed({ user_id, again }: { user_id: string; again: () => void }) {
  return (
    <Dialog title={useUserName(user_id)} onClose={closeProfile}>
      <PartFailed again={again} />
    </Dialog>
  );
}
