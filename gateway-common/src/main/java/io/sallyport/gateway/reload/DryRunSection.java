package io.sallyport.gateway.reload;

import java.util.List;

/** What a part of a gate has understood of its settings. */
public interface DryRunSection {
    /** The lines to be printed. */
    List<String> lines();
}
