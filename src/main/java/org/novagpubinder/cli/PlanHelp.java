package org.novagpubinder.cli;

/** What {@code plan --help} says below the options; no line wider than 80 columns. */
final class PlanHelp {
    static final String EXAMPLES = """

            Examples:
              nova-gpu-binder plan instance-0000002a
              nova-gpu-binder plan --root /tmp/host-17 --domain-xml guest.xml
              nova-gpu-binder plan --what-if instance-0000002a
              nova-gpu-binder plan --what-if --flavor gpu.large
              nova-gpu-binder plan --what-if --vcpus 8 --ram 16384 --root /tmp/host-17
              nova-gpu-binder plan --what-if --vcpus 8 --ram 16384 --hugepages 1G
              nova-gpu-binder plan --what-if --vcpus 8 --ram 16384 --gpu pci:2
            """;

    static final String FIELDS = """
            Fields of --json:
              uuid, outcome, policy {mode, source, renderNode, renderNodeSource},
              reasons [{code, text}], nodes [id], vcpus {id: CPUs}, emulator, iothreads
              {id: CPUs}, memory {nodeset, mode, when}, memnodes {cell: {nodeset, mode}}
              if the memory of guest cells is placed, renderNode, restart, definition,
              assumed [text] of a file, candidates [{nodes, renderNode, fits, distance,
              gpuUsers, load, freeKiB, verdict {code, text}}]
            Fields of --what-if --json:
              guest {like, vcpus, memoryKiB, hugePageKiB, gpu, gpus}
              together: how many fit, one after the other; stop {code, text}: why no more
              notes [text]: what was counted, and what not
              gpus [{address, node, renderNode, users, functions, freeFunctions (null: any
              number of guests shares it), alone: how many fit if all get this GPU,
              stop {code, text}: why no more, share: how many of together get it}]
            """;

    private PlanHelp() {}
}
