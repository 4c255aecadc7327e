declare module "virtual:emoji" {
  import type { Row } from "./row";

  const rows: Row[];
  export default rows;
}
