package org.novagpubinder.testing;

import java.nio.file.Path;

/**
 * A host of two nodes as those that are sold for training: on each node two root ports with a PCIe switch each, and on each
 * switch two GPUs and a NIC; an NVMe controller on a root port of its own; on node 1 the second switch hangs below the first.
 */
public final class SwitchedHost {
    private SwitchedHost() {}

    /** Switch s (0-3) has GPUs 0000:s1:00.0 and 0000:s2:00.0 and NIC 0000:s3:00.0, s counted 1x, 2x, 9x, ax. */
    public static SysfsTree in(Path root) {
        SysfsTree tree = SysfsTree.twoNodes(root);
        group(tree, "pci0000:10/0000:10:01.0/0000:15:00.0", "1", 0);
        group(tree, "pci0000:20/0000:20:01.0/0000:25:00.0", "2", 0);
        group(tree, "pci0000:90/0000:90:01.0/0000:95:00.0", "9", 1);
        group(tree, "pci0000:90/0000:90:01.0/0000:95:00.0/0000:96:08.0/0000:a5:00.0", "a", 1);
        tree.pci("pci0000:10/0000:10:03.0", "0000:1e:00.0", d -> device(d, "010802", 0)
                .file("nvme/nvme0/model", "x"));
        return tree;
    }

    private static void group(SysfsTree tree, String upstream, String digit, int node) {
        for (int i = 1; i <= 3; i++) {
            boolean nic = i == 3;
            String port = upstream + "/0000:" + digit + "6:0" + i + ".0";
            tree.pci(port, "0000:" + digit + i + ":00.0", d -> {
                device(d, nic ? "020700" : "030200", node);
                if (nic) {
                    d.file("infiniband/mlx5_" + digit + "/node_guid", "0");
                }
            });
        }
        tree.file("sys/devices/" + upstream + "/0000:" + digit + "6:03.0/max_link_speed", "16.0 GT/s PCIe\n");
        tree.file("sys/devices/" + upstream + "/0000:" + digit + "6:03.0/max_link_width", "8\n");
    }

    private static SysfsTree.Function device(SysfsTree.Function d, String pciClass, int node) {
        return d.pciClass(pciClass)
                .node(node)
                .driver("vfio-pci")
                .attribute("max_link_speed", "32.0 GT/s PCIe")
                .attribute("max_link_width", "16");
    }
}
