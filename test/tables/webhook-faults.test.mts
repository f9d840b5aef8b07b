import { useScenes } from '../support/integration/scene.mts';
import { actionFaultTable } from '../support/tables/action-fault-table.mts';
import { actionScenarios } from '../support/tables/action-scenarios.mts';

useScenes();

await actionFaultTable(actionScenarios.filter(({ resource }) => resource === 'webhook'));
