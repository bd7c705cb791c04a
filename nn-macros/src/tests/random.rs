//! The shapes and parameters of random networks, against another calculation of them.

use crate::model::{Declaration, Known, Network};
use nn_shape::Dims;

#[path = "../../../tests/src/networks.rs"]
#[allow(dead_code, reason = "shared with the tests of the whole")]
pub(super) mod networks;

fn sizes(dims: Dims) -> Vec<usize> {
    (0..dims.rank()).map(|axis| dims.dim(axis)).collect()
}

fn known(network: &Network, value: usize) -> Option<Vec<usize>> {
    network.known(value).dims().map(sizes)
}

#[test]
fn a_thousand_networks_have_the_right_shapes() {
    for seed in 0..1000 {
        let random = networks::random_network(seed);
        let source = format!("struct Net {{ {} }}", random.literal);
        let Declaration { network, .. } = super::model(&source);
        let entries = network.steps.iter().enumerate().filter(|(_, step)| !step.inline);
        let found: Vec<_> = entries.filter_map(|(at, _)| known(&network, network.value_of(at))).collect();
        assert_eq!(found, random.entries, "{source}");
        let inputs: Vec<_> = (0..network.inputs.len()).filter_map(|value| known(&network, value)).collect();
        assert_eq!(inputs, random.inputs, "{source}");
        let outputs: Vec<_> = network.outputs.iter().filter_map(|output| known(&network, output.value)).collect();
        assert_eq!(outputs, random.outputs, "{source}");
        assert_eq!(crate::expand::parameter_count(&network), Some(random.params), "{source}");
    }
}

/// With constants the same networks are right as well, and the compiler computes what the macro cannot.
#[test]
fn a_thousand_networks_are_understood_with_constants() {
    let mut deferred = 0;
    for seed in 0..1000 {
        let random = networks::random_network(seed);
        let source = format!("struct Net {{ {} }}", random.computed);
        let Declaration { network, .. } = super::model(&source);
        assert_eq!(network.steps.iter().filter(|step| !step.inline).count(), random.entries.len(), "{source}");
        deferred += network.steps.iter().filter(|step| step.output == Known::Deferred).count();
    }
    assert!(deferred > 1000, "{deferred}");
}
