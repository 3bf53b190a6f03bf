// Torch's thread count and default random generator belong to the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
