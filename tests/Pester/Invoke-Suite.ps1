<#
.SYNOPSIS
    Runs the Pester suite against the assembled module and writes "passed failed skipped" to a file.
#>
param([string] $SummaryPath)

# The Pester that PesterSuite.csproj brings, where it was built; else the installed one.
$pester = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../artifacts/pester/modules")
if (Test-Path $pester) { $env:PSModulePath = $pester + [System.IO.Path]::PathSeparator + $env:PSModulePath }
Import-Module Pester -MinimumVersion 5.5.0

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
