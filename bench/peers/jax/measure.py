"""JAX as a contestant: the whole step in one compiled function whose state is donated.

Usage: measure.py --network a|... --problem FILE --threads N
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import peer  # noqa: E402

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def main():
    options = peer.read_options()
    # XLA has as many threads as processors that it may use when it is loaded.
    allowed = sorted(os.sched_getaffinity(0))
    if options.threads < len(allowed):
        os.sched_setaffinity(0, allowed[-options.threads :])
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import networks

    parameters, batch = peer.read_problem(options.problem)
    network = networks.NETWORKS[options.network[0]]
    is_sampling = peer.is_sampling(options.network)
    data = {name: jax.numpy.asarray(array) for name, array in batch.items()}
    state = {name: jax.numpy.asarray(array) for name, array in parameters.items()}
    take = sampling(network, state, data) if is_sampling else training(network, state, data)
    peer.serve(
        version=f"JAX {jax.__version__}",
        parameter_count=sum(array.size for array in parameters.values()),
        step=take,
        loss_of=lambda result: (
            float(networks.mean_square(result, data["noise"])) if is_sampling else result
        ),
    )


def training(network, parameters, data):
    import jax
    import jax.numpy as jnp

    def update(state, data):
        parameters, mean, square, k = state
        loss, gradients = jax.value_and_grad(lambda p: network.loss(p, **data))(parameters)
        k = k + 1
        rate, root = peer.LEARNING_RATE / (1 - BETA1**k), jnp.sqrt(1 - BETA2**k)
        mean = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, mean, gradients)
        square = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, square, gradients)
        parameters = jax.tree.map(
            lambda p, m, v: p * (1 - peer.LEARNING_RATE * peer.WEIGHT_DECAY)
            - rate * m / (jnp.sqrt(v) / root + EPSILON),
            parameters,
            mean,
            square,
        )
        return (parameters, mean, square, k), loss

    compiled = jax.jit(update, donate_argnums=0)
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = (parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.float32(0))

    def step():
        nonlocal state
        state, loss = compiled(state, data)
        jax.block_until_ready(state)
        return float(loss)

    return step


def sampling(network, parameters, data):
    import jax

    compiled = jax.jit(network.forward)
    return lambda: compiled(parameters, data["x"], data["times"]).block_until_ready()


main()
