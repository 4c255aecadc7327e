/** Words for the sections of one's own in the list of rooms, in English. */
export const sections = {
  "sections.move": "Move to section",
  "sections.none": "In no section",
  "sections.new": "New section…",
  "sections.new_title": "New section",
  "sections.name": "Name of the section",
  "sections.move_now": "Move here",
  "sections.more": "More for {{name}}",
  "sections.favourite": "Add to favourites",
  "sections.no_favourite": "Remove from favourites",
  "sections.rename": "Rename…",
  "sections.rename_title": "Rename {{name}}",
  "sections.rename_now": "Rename",
  "sections.remove": "Remove the section",
  "sections.drop_favourite": "Drop here for favourites",
  "sections.in": "Section of your list",
};
