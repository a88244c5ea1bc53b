package org.novagpubinder.cli;

import java.util.concurrent.Callable;
import org.novagpubinder.cli.daemon.DaemonRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code run}: the daemon. */
@Command(
        name = "run",
        description = "Runs the daemon: hears Nova's notifications and libvirt's events, and binds GPU domains.",
        exitCodeList = {
            "0:stopped by a signal",
            "2:the configuration is wrong, or the host cannot be read",
            "64:bad usage",
            "70:a defect of nova-gpu-binder ended it",
            "75:the host could not be read for now, such as for too many open files"
        },
        footer = {
            "%nExamples:",
            "  nova-gpu-binder run",
            "  nova-gpu-binder run --config-file /etc/nova/nova.conf --config-file gpu.conf"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
        common.refuse("the daemon prints no result, it logs", "--json");
        return new DaemonRun(common.settings()).run();
    }
}
