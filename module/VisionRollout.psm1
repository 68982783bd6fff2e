# The loader is the only assembly that enters PowerShell's own load context. It brings the cmdlets and all their libraries
# into a context of their own, so that other modules may carry other versions of the same libraries.
$bin = [System.IO.Path]::Combine($PSScriptRoot, 'bin')
$loader = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($bin, 'VisionRollout.Loader.dll'))
$assembly = $loader.GetType('VisionRollout.Loader.ModuleLoadContext').GetMethod('Load').Invoke($null, @($bin))
$inner = Import-Module -Assembly $assembly -PassThru

# Without this, Import-Module -Force finds the inner module still loaded and exports none of its cmdlets (PowerShell issue 20710).
$ExecutionContext.SessionState.Module.OnRemove = { Remove-Module -ModuleInfo $inner -Force }.GetNewClosure()
