<#
.SYNOPSIS
    Runs the Pester suite against the assembled module and writes "passed failed skipped" to a file.
#>
param([string] $SummaryPath)

$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'PlainText'
$result = Invoke-Pester -Configuration $configuration

# A file that cannot be read or a block that fails has no failed test of its own.
$failed = $result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount
if ($SummaryPath) { "$($result.PassedCount) $failed $($result.SkippedCount)" | Set-Content -Path $SummaryPath }
exit [int]($failed -gt 0)
