/** The card of whoever was pressed; its code comes when it is first opened. */
import { lazy, Suspense } from "react";
import { useProfileRequest } from "@/lib/profile-request";

const ProfileCard = lazy(() => import("./profile-card"));

export function ProfilePopover() {
  const request = useProfileRequest((asked) => asked.request);
  return <Suspense fallback={null}>{request && <ProfileCard key={request.user_id} request={request} />}</Suspense>;
}
