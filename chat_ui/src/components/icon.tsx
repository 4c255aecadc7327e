/** The page's icons; they say nothing to a screen reader, their buttons do. */
import {
  ArrowDown,
  ChevronLeft,
  CloudOff,
  Compass,
  Copy,
  Eye,
  EyeOff,
  File,
  Hash,
  Languages,
  Link,
  Lock,
  LogOut,
  type LucideIcon,
  MessageCircle,
  PanelRight,
  Pencil,
  Plus,
  RefreshCw,
  Reply,
  RotateCw,
  SendHorizontal,
  SmilePlus,
  Sun,
  Trash2,
  TriangleAlert,
  UserMinus,
  UserPlus,
  Users,
  X,
} from "lucide-react";

const ICONS = {
  add_person: UserPlus,
  back: ChevronLeft,
  close: X,
  compass: Compass,
  copy: Copy,
  delete: Trash2,
  down: ArrowDown,
  edit: Pencil,
  file: File,
  hash: Hash,
  hide: EyeOff,
  home: MessageCircle,
  language: Languages,
  leave: LogOut,
  link: Link,
  lock: Lock,
  offline: CloudOff,
  panel: PanelRight,
  people: Users,
  plus: Plus,
  react: SmilePlus,
  reconnect: RefreshCw,
  remove_person: UserMinus,
  reply: Reply,
  retry: RotateCw,
  send: SendHorizontal,
  show: Eye,
  theme: Sun,
  warning: TriangleAlert,
} satisfies Record<string, LucideIcon>;

export type IconName = keyof typeof ICONS;

/** Draw an icon of 20 px, or of 16 where it stands in a button or a line of text. */
export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  const Drawn = ICONS[name];
  return <Drawn aria-hidden="true" size={small ? 16 : 20} strokeWidth={1.75} />;
}
