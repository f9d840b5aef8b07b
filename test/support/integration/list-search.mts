import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeListSearchResult,
} from 'n8n-workflow';
import type { Simulator } from '../simulator/index.mts';
import { actionNode, dataWith, loadNode, workflowWith } from './action-node.mts';
import { LoadOptionsContext } from './n8n.mts';
import { credentialFor } from './scene.mts';

export interface ListSearch {
	/** What is typed into the list. */
	filter?: string;
	/** Where the list goes on. */
	token?: string;
	credential?: ICredentialDataDecryptedObject;
	/** What is entered in the node. */
	parameters?: IDataObject;
}

/** What a "From List" field of the action node offers, asked in n8n-core's own context. */
export async function searchList(
	site: Simulator,
	method: string,
	{ filter, token, credential: changed, parameters = {} }: ListSearch = {},
): Promise<INodeListSearchResult> {
	const nodeType = await loadNode();
	const node = actionNode(parameters);
	const data = await dataWith({ ...credentialFor(site), ...changed });
	data.currentNodeParameters = node.parameters;
	const context = new LoadOptionsContext(workflowWith(nodeType, node), node, data, '');
	return await nodeType.methods!.listSearch![method]!.call(context, filter, token);
}
