/*
 * What the nodes are called in the editor, and their fields in workflows: one place for a name that
 * changes.
 */

export const PACKAGE = 'n8n-nodes-cxone-expert';
export const TRIGGER_TYPE = `${PACKAGE}.cxoneExpertTrigger`;
export const ACTION_TYPE = `${PACKAGE}.cxoneExpert`;

/** In the nodes panel: both nodes are one entry there. */
export const IN_NODES_PANEL = 'CXone Expert';
export const TRIGGER_NAME = 'CXone Expert Trigger';
export const TOOL_IN_NODES_PANEL = 'CXone Expert Tool';

/** The field "Trigger On". */
export const EVENTS = 'events';
export const PAGE_CREATED = 'Page Created';

/** The field "Page" of the action node. */
export const PAGE = 'page';
