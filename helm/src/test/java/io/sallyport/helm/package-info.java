/** Tests of the chart: what it renders is parsed as a Kubernetes API server would, and checked for the rules of the house. */
@NullMarked
package io.sallyport.helm;

import org.jspecify.annotations.NullMarked;
